import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'skipscope/element';

/** StrictMode mounts twice. What a handler of the element tells comes back as a property of it. */
function Scope() {
  const [seen, setSeen] = useState('');
  const [lesion, setLesion] = useState({});
  return (
    <>
      <skip-scope
        image="/cat.jpg"
        view="map block"
        block="layer2.1"
        lesion={lesion}
        onresult={({ detail }) => setSeen(`${detail.top[0].label}, ${Object.keys(detail.lesion)}`)}
      />
      <button onClick={() => setLesion({ 'layer2.1': { identity: 1, residual: 0 } })}>Cut</button>
      <output>{seen}</output>
    </>
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Scope />
  </StrictMode>,
);
